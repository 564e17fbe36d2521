// Package dumpfile writes all rows of a store to a file and reads them back.
//
// A file is a Zstandard stream (RFC 8878) of three frames: a skippable frame with
// the name and version of the format, a frame with the content, and a skippable
// frame with the SHA-256 of all bytes before it. The content is lines of JSON: a
// header with the version of the schema; for each table, a line with its name and
// columns and one line per row; and an end line with the number of rows of each
// table and the SHA-256 of the content before it. docs/commands.md specifies
// every byte.
//
// The encoding is canonical: the same rows give the same bytes, and any other
// encoding is refused with an error that wraps [ErrNotADump], [ErrNewer],
// [ErrSchema], [ErrCutOff] or [ErrDamaged].
package dumpfile
