"""Pages of HTML that ask for nothing outside of themselves: the report of a run, and what all pages share."""
