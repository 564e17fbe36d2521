package main

import "strings"

// spellings are the words of SQL names that Go does not write with a single
// capital letter.
var spellings = map[string]string{
	"id": "ID", "acl": "ACL", "url": "URL", "uri": "URI", "pkey": "PKey", "fkey": "FKey",
	"cli": "CLI", "ssh": "SSH", "vscode": "VSCode", "jetbrains": "JetBrains",
}

// goName converts an SQL name to an exported Go name.
func goName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if spelling, ok := spellings[word]; ok {
			word = spelling
		} else if word != "" {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	return b.String()
}

// lowerFirst converts an exported Go name to one that is not exported.
func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }
