"""A channel as a file. `stream` says who may have it and reads it piece by piece, `json_lines` and
`plain_text` write it down."""
