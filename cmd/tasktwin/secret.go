package main

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const hidden = "(a connection string)"

var (
	// connectionString matches anything that may be a connection string with a
	// password, even a malformed one.
	connectionString = regexp.MustCompile(`(?i)://|:[^@]*@|(password|passwd|pwd)\s*=`)
	// unfinished matches an argument that ends before its password, which is then
	// the next argument because a space was not quoted.
	unfinished = regexp.MustCompile(`(?i)(password|passwd|pwd)\s*=\s*$`)
)

// withoutPasswords removes from a message the arguments that may contain a
// password. Errors about connection strings never quote them, but a connection
// string may be given by mistake as another argument, whose error quotes it.
func withoutPasswords(message string, args []string) string {
	for i, arg := range args {
		if i > 0 && unfinished.MatchString(args[i-1]) {
			message = withoutWord(message, arg)
		}
		for _, form := range quotedForms(arg) {
			if !connectionString.MatchString(form) {
				continue
			}
			quoted := strconv.Quote(form)
			for _, written := range []string{form, quoted[1 : len(quoted)-1], filepath.Clean(form)} {
				message = strings.ReplaceAll(message, written, hidden)
			}
		}
	}
	return message
}

// quotedForms returns the forms in which a message may quote an argument. Longer
// forms come before their parts.
func quotedForms(arg string) []string {
	forms := []string{arg}
	if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' {
		forms = append(forms, arg[2:]) // -oVALUE
	}
	for i, b := range []byte(arg) {
		if b == '=' {
			forms = append(forms, arg[i+1:]) // --flag=VALUE and NAME=VALUE
		}
	}
	// Errors may quote only a part of a list or of NAME=VALUE.
	forms = append(forms, strings.Split(arg, ",")...)
	return append(forms, strings.FieldsFunc(arg, func(r rune) bool { return r == ',' || r == '=' })...)
}

// withoutWord hides a word, which may be short, but not longer words that contain
// it.
func withoutWord(message, word string) string {
	if word == "" {
		return message
	}
	whole := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(word) + `($|[^\pL\pN])`)
	return whole.ReplaceAllString(message, "${1}"+hidden+"${2}")
}
