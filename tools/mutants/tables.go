package main

// counterparts are functions and methods that are easily confused. If there is no
// function with that name and type, the mutant does not compile and does not
// count.
var counterparts = both(map[string]string{
	"Ascend": "Descend", "Scan": "Reverse", "scan": "scanBack", "Before": "After", "min": "max", "Min": "Max",
	"First": "Last", "Front": "Back", "HasPrefix": "HasSuffix", "TrimLeft": "TrimRight", "Next": "Prev",
	"ToLower": "ToUpper", "All": "Backward", "Index": "LastIndex", "Lock": "Unlock", "RLock": "RUnlock",
})

func both(m map[string]string) map[string]string {
	out := map[string]string{}
	for a, b := range m {
		out[a], out[b] = b, a
	}
	return out
}

// commutative are functions for which the order of the arguments does not matter.
var commutative = map[string]bool{
	"min": true, "max": true, "bytes.Equal": true, "strings.EqualFold": true, "unicode.In": true, "make": true,
}

// messages are functions that make text for people, which is not specified.
var messages = map[string]bool{
	"fmt.Sprintf": true, "fmt.Errorf": true, "fmt.Sprint": true, "errors.New": true, "panic": true,
}
