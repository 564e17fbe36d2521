package conformance

// outcomes are the answers that each method can give.
var outcomes = map[string][]string{}
