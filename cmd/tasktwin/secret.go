package main

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// connectionString finds what may be a connection string with a password, well
// formed or not.
var connectionString = regexp.MustCompile(`(?i)://|:[^@]*@|(password|passwd|pwd)\s*=`)

// withoutPasswords returns a message without the arguments that may have a
// password in them. What takes a connection string never quotes one; what takes
// something else may be given one by mistake, and quotes it.
func withoutPasswords(message string, args []string) string {
	for _, arg := range args {
		if !connectionString.MatchString(arg) {
			continue
		}
		forms := []string{arg}
		if _, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
			forms = append(forms, value)
		}
		// What is read as a list, or as NAME=VALUE, is quoted in part.
		for _, part := range strings.FieldsFunc(arg, func(r rune) bool { return r == ',' || r == '=' }) {
			if connectionString.MatchString(part) {
				forms = append(forms, part)
			}
		}
		for _, form := range forms {
			quoted := strconv.Quote(form)
			for _, written := range []string{form, quoted[1 : len(quoted)-1], filepath.Clean(form)} {
				message = strings.ReplaceAll(message, written, "(a connection string)")
			}
		}
	}
	return message
}
