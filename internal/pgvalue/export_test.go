package pgvalue

import "encoding/json"

// JSONBLimit is JSONB with a limit on the length of the input and the result.
func JSONBLimit(in []byte, limit int) (json.RawMessage, error) {
	return jsonb(in, jsonbLimits{limit, maxJSONBString, maxExponent})
}

// JSONBStringLimit is JSONB with a limit on its strings.
func JSONBStringLimit(in []byte, limit int32) (json.RawMessage, error) {
	return jsonb(in, jsonbLimits{maxJSONBText, limit, maxExponent})
}

// The bounds of timestamptz, in microseconds since 2000.
const (
	MinTimestamp    = minTimestamp
	EndTimestamp    = endTimestamp
	UnixToEpoch2000 = unixToEpoch2000
)

// ParserIsLarge reports whether a parser with these capacities is too large to reuse.
func ParserIsLarge(nodes, frames, unescaped int) bool {
	p := &jsonParser{lexer: lexer{unescaped: make([]byte, 0, unescaped)}, nodes: make([]node, 0, nodes), frames: make([]frame, 0, frames)}
	return p.large()
}
