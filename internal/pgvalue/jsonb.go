package pgvalue

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Limits of jsonb.
const (
	// MaxJSONBDepth is the maximum nesting of arrays and objects. It is encoding/json's
	// limit, to which pgx reads values back into a json.RawMessage. PostgreSQL's own
	// limit is its stack depth and depends on its settings and build. With the default
	// max_stack_depth of 2 MB, version 15 on amd64 accepts 13,099 objects or 14,554
	// arrays. PostgreSQL stores values between the two limits, but pgx cannot read them
	// back; they are refused here.
	MaxJSONBDepth = 10000
	// maxJSONBString is the maximum length of a string or key, in bytes.
	maxJSONBString = 1<<28 - 1
	// maxJSONBText is the maximum length of a message to or from the server, without
	// the framing of the value.
	maxJSONBText = 1<<30 - 64
)

// JSONB returns PostgreSQL's text form of a jsonb value: keys sorted by length, then
// bytewise; the last of duplicate keys; numbers in the form of numeric; strings with the
// escapes that JSON requires; one space after each comma and colon. The result shares no
// memory with in.
//
// A zero may have an exponent of up to 1073741823, as from PostgreSQL 16 on: see
// [JSONBUntil15].
//
// Errors: 22021 for NUL bytes and invalid UTF-8, before any other error; 22P02 for
// invalid JSON; 22P05 for \u0000; 22003 for a number out of numeric's range; 54001
// for nesting deeper than MaxJSONBDepth; 54000 for a string of 256 MB, or for an
// input or a result of 1 GB. A short input such as 1e100000 can have a long result.
//
// PostgreSQL also refuses, with 54000, an array or object whose elements take more
// than 256 MB in its binary form; that limit is not implemented.
func JSONB(in []byte) (json.RawMessage, error) {
	return jsonb(in, jsonbLimits{maxJSONBText, maxJSONBString, maxExponent})
}

// JSONBUntil15 is like [JSONB], but follows PostgreSQL up to version 15: a zero with the
// exponent 1073741823 is 22003, too.
func JSONBUntil15(in []byte) (json.RawMessage, error) {
	return jsonb(in, jsonbLimits{maxJSONBText, maxJSONBString, maxExponent - 1})
}

// jsonbLimits are the limits of a jsonb value.
type jsonbLimits struct {
	text     int   // length of the input and of the result, in bytes
	string   int32 // length of a string or key, in bytes
	exponent int   // of a number
}

// jsonb is like JSONB, with other limits.
func jsonb(in []byte, limits jsonbLimits) (json.RawMessage, error) {
	if len(in) > limits.text {
		return nil, textTooLong()
	}
	if bytes.IndexByte(in, 0) >= 0 || !utf8.Valid(in) {
		return nil, invalidEncoding(string(in))
	}
	p := parsers.Get().(*jsonParser)
	defer p.release()
	p.in, p.limits = in, limits
	if err := p.parse(); err != nil {
		return nil, err
	}
	return p.print(limits.text)
}

// textTooLong returns the error of a text that exceeds the server's limit for one
// value.
func textTooLong() error { return fail(programLimitExceeded, "out of memory") }

// JSONBIsObject reports whether a result of JSONB is an object.
func JSONBIsObject(canonical []byte) bool { return len(canonical) > 0 && canonical[0] == '{' }
