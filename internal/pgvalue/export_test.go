package pgvalue

// JSONBLimit is JSONB with a limit on the text, given and returned.
var JSONBLimit = jsonb

// The bounds of timestamptz, in microseconds since 2000.
const (
	MinTimestamp    = minTimestamp
	EndTimestamp    = endTimestamp
	UnixToEpoch2000 = unixToEpoch2000
)
