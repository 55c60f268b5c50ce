"""The command line: thin. Reads options, calls the library, prints, and turns mistakes into exit codes."""
