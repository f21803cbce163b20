"""What happened: xAPI statements, their store, an LRS and a reader of any LRS. No Moodle, no hours."""
