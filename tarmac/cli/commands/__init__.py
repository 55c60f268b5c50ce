"""The commands: what each is called with. What it does stands in the module it calls."""
