"""The catalogue: what there is to run, as a list, a site and an XML file, and as packages that another site takes."""
