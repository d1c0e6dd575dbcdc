"""gradient: backward agrees with the witnesses."""
