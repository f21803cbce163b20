"""What is credited and what is due: rules as dated data, credit as set-based expressions."""
