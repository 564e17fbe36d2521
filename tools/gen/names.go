package main

import "strings"

// spellings are the words of SQL's names that Go does not spell with one capital.
var spellings = map[string]string{
	"id": "ID", "acl": "ACL", "url": "URL", "uri": "URI", "pkey": "PKey", "fkey": "FKey",
	"cli": "CLI", "ssh": "SSH", "vscode": "VSCode", "jetbrains": "JetBrains",
}

// goName returns a name of SQL as an exported name of Go.
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

// lowerFirst returns a name of Go as one that is not exported.
func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }
