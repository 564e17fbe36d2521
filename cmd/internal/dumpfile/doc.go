// Package dumpfile writes all rows of a store to a file and reads them back.
//
// A file is a Zstandard stream (RFC 8878) of three frames: a skippable frame
// with the format's name and version, one frame with the content, and a
// skippable frame with the SHA-256 of every byte before it. The content is
// lines of JSON: a header with the version of the schema, for each table its
// name and columns and then a row a line, and an end with the number of rows of
// each table and the SHA-256 of the content before it. docs/commands.md
// describes it to the byte.
//
// A file has one form: the same rows give the same bytes. What is not of that
// form is refused, with an error that wraps one of [ErrNotADump], [ErrNewer],
// [ErrSchema], [ErrCutOff] and [ErrDamaged].
package dumpfile
