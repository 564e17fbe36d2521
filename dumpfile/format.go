package dumpfile

import "errors"

// Version is the version of the format that is written, and the highest that can
// be read.
const Version = 1

// MaxRow is the maximum length of a row's line, in bytes. It bounds the memory that a
// file can claim before its checksum is verified.
const MaxRow = 64 << 20

// The reasons to refuse a file.
var (
	// ErrNotADump says that a file is not a dump.
	ErrNotADump = errors.New("not a tasktwin dump")
	// ErrNewer says that the version of a file's format is higher than Version.
	ErrNewer = errors.New("the dump is of a newer format")
	// ErrCutOff says that a file is truncated.
	ErrCutOff = errors.New("the dump is cut off")
	// ErrDamaged says that a file has been changed since it was written, or was
	// written incorrectly.
	ErrDamaged = errors.New("the dump is damaged")
)

// Info describes a file.
type Info struct {
	// Version is the version of the format.
	Version int `json:"version"`
	// Schema is the version of the schema.
	Schema int `json:"schema"`
	// CreatedBy names the program that wrote the file.
	CreatedBy string `json:"created_by"`
	// Tables are all tables of the schema, in order.
	Tables []Count `json:"tables"`
	// SHA256 is the checksum of the lines before the end line, in lower-case hex. It
	// depends only on the rows and CreatedBy.
	SHA256 string `json:"sha256"`
}

// Count is the number of rows of a table.
type Count struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// The lines other than rows.
type (
	header struct {
		Format    string `json:"format"`
		Version   int    `json:"version"`
		Schema    int    `json:"schema"`
		CreatedBy string `json:"created_by"`
	}
	mark struct {
		Table   string   `json:"table,omitempty"`
		Columns []string `json:"columns,omitempty"`
		End     *end     `json:"end,omitempty"`
	}
	end struct {
		Rows   map[string]int `json:"rows"`
		SHA256 string         `json:"sha256"`
	}
)

const (
	name = "tasktwin dump"
	// begin is how every file begins that this package writes.
	begin = `{"format":"` + name + `"`
	// maxMark limits the length of lines other than rows.
	maxMark = 64 << 10
)
