"""What a person does about training done: sign a sheet in, attest, decide. The same for a command and for a page."""
