package pgvalue

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Limits of jsonb.
const (
	// MaxJSONBDepth is how deep arrays and objects may nest: as deep as pgx reads
	// them back into a json.RawMessage, which is encoding/json's limit.
	// PostgreSQL's own limit is its stack and so depends on its settings and
	// build; with the default max_stack_depth of 2 MB, version 15 on amd64 holds
	// 13,099 objects or 14,554 arrays. What nests deeper than MaxJSONBDepth and
	// fits there is stored by PostgreSQL although no one can read it back, and
	// refused here.
	MaxJSONBDepth = 10000
	// maxJSONBString is the length of a string or key, in bytes.
	maxJSONBString = 1<<28 - 1
	// maxJSONBText is the length of a message to or from the server, less what
	// frames the value.
	maxJSONBText = 1<<30 - 64
)

// JSONB returns the text that PostgreSQL gives back of a jsonb value: keys
// sorted by length, then bytewise, the last of equal ones kept; numbers as
// numeric prints them; strings with no more escapes than JSON needs; one space
// after each comma and colon. The result shares no memory with in.
//
// Errors: 22021 for NUL bytes and invalid UTF-8, whatever else is wrong; 22P02
// for what is not JSON; 22P05 for \u0000; 22003 for a number that numeric does
// not hold; 54001 for nesting deeper than MaxJSONBDepth; 54000 for a string of
// 256 MB or a text of 1 GB, given or, as 1e100000 is long when printed, to be
// returned.
//
// PostgreSQL also refuses, with 54000, an array or object whose parts take more
// than 256 MB in its binary form; that limit is not followed here.
func JSONB(in []byte) (json.RawMessage, error) {
	return jsonb(in, maxJSONBText, maxJSONBString)
}

// jsonb is JSONB with limits on the text, given and returned, and on its strings.
func jsonb(in []byte, limit int, stringLimit int32) (json.RawMessage, error) {
	if len(in) > limit {
		return nil, textTooLong()
	}
	if bytes.IndexByte(in, 0) >= 0 || !utf8.Valid(in) {
		return nil, invalidEncoding(string(in))
	}
	p := parsers.Get().(*jsonParser)
	defer p.release()
	p.in, p.stringLimit = in, stringLimit
	if err := p.parse(); err != nil {
		return nil, err
	}
	return p.print(limit)
}

// textTooLong returns the error of a text that does not fit into the server's
// memory for one value.
func textTooLong() error { return fail(programLimitExceeded, "out of memory") }

// JSONBIsObject reports whether a result of JSONB is an object.
func JSONBIsObject(canonical []byte) bool { return len(canonical) > 0 && canonical[0] == '{' }
