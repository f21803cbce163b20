"""What the RGPD asks for people: retention, one person's data, erasure, the processing register, who read what."""
