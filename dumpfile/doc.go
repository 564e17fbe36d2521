// Package dumpfile writes all rows of a store to a text file and reads them back, so
// that tests and programs can start from known data.
//
//	err := dumpfile.Write(file, rows) // rows are those of a store's Dump
//	rows, err := dumpfile.Read(file)
//
// memdb.OpenDump opens such a file as a store, and conformance/pgtest.Seed gives tests
// databases with its rows. A program embeds a file with go:embed.
//
// The file is lines of JSON: a header with the version of the schema; for each table, a
// line with its name and columns and one line per row; and an end line with the number
// of rows of each table and the SHA-256 of the lines before it. docs/dumpfile.md
// specifies every byte, and schema1.json in this folder is a JSON Schema of the lines.
//
// The encoding is canonical: the same rows give the same bytes. A file that is not as it
// was written is refused with an error that wraps [ErrNotADump], [ErrNewer],
// [ErrSchema], [ErrCutOff] or [ErrDamaged] and names the line, the table, the row, the
// column and the value. Values are checked for their types. What the tables demand of
// them, such as unique names, is checked by the store that loads them.
//
// The files of the command tasktwin are compressed unless it is told --plain. zstd -d
// turns them into files of this package.
package dumpfile
