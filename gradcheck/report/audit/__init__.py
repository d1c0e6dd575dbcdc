"""What an audit leaves in its folder: the table and the page of the class, a page for each student, and gradebooks."""
