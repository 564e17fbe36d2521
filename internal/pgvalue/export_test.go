package pgvalue

import "encoding/json"

// JSONBLimit is JSONB with a limit on the text, given and returned.
func JSONBLimit(in []byte, limit int) (json.RawMessage, error) {
	return jsonb(in, limit, maxJSONBString)
}

// JSONBStringLimit is JSONB with a limit on its strings.
func JSONBStringLimit(in []byte, limit int32) (json.RawMessage, error) {
	return jsonb(in, maxJSONBText, limit)
}

// The bounds of timestamptz, in microseconds since 2000.
const (
	MinTimestamp    = minTimestamp
	EndTimestamp    = endTimestamp
	UnixToEpoch2000 = unixToEpoch2000
)
