"""One module per policy: what is not tabular, as pure typed functions from claims and facts to a table's inputs."""
