package main

import (
	"fmt"
	"regexp"
	"strings"
)

// statement is an SQL statement.
type statement struct {
	// comment has the lines of the comment directly above the statement, without the
	// dashes.
	comment []string
	tokens  []string
}

// tokenPattern matches a token: a string, a quoted name, a dollar-quoted text, a
// word or number, or one other character. Spaces and comments separate tokens.
var tokenPattern = regexp.MustCompile(`(?s)^(--[^\n]*\n?|\s+|'(?:[^']|'')*'|"[^"]*"|\$\$.*?\$\$|\w+|.)`)

// statements returns the statements of a text.
func statements(text string) ([]statement, error) {
	var out []statement
	var now statement
	for text != "" {
		token := tokenPattern.FindString(text)
		text = text[len(token):]
		switch {
		case strings.HasPrefix(token, "--"):
			if len(now.tokens) == 0 {
				now.comment = append(now.comment, strings.TrimSuffix(strings.TrimPrefix(token, "--"), "\n"))
			}
		case strings.TrimSpace(token) == "":
			if len(now.tokens) == 0 && strings.Contains(token, "\n") {
				now.comment = nil // not directly above a statement
			}
		case token == ";":
			out = append(out, now)
			now = statement{}
		default:
			now.tokens = append(now.tokens, token)
		}
	}
	if len(now.tokens) > 0 {
		return nil, fmt.Errorf("no semicolon after %q", strings.Join(now.tokens, " "))
	}
	return out, nil
}

// starts reports whether tokens begin with words, ignoring case.
func starts(tokens []string, words string) bool {
	want := strings.Fields(words)
	if len(tokens) < len(want) {
		return false
	}
	for i, word := range want {
		if !strings.EqualFold(tokens[i], word) {
			return false
		}
	}
	return true
}

// contains reports whether tokens contain consecutive words, ignoring case.
func contains(tokens []string, words string) bool {
	for i := range tokens {
		if starts(tokens[i:], words) {
			return true
		}
	}
	return false
}

// skip returns the tokens without the given words at their beginning.
func skip(tokens []string, words ...string) []string {
	for _, w := range words {
		if starts(tokens, w) {
			tokens = tokens[len(strings.Fields(w)):]
		}
	}
	return tokens
}

// parts splits tokens at the commas outside of parentheses.
func parts(tokens []string) [][]string {
	var out [][]string
	depth, start := 0, 0
	for i, token := range tokens {
		switch token {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 {
				out = append(out, tokens[start:i])
				start = i + 1
			}
		}
	}
	return append(out, tokens[start:])
}

// inParentheses returns the tokens inside the first pair of parentheses.
func inParentheses(tokens []string) []string {
	depth, start := 0, 0
	for i, token := range tokens {
		switch token {
		case "(":
			if depth++; depth == 1 {
				start = i + 1
			}
		case ")":
			if depth--; depth == 0 {
				return tokens[start:i]
			}
		}
	}
	return nil
}

// unquote returns the text of a string or a name.
func unquote(token string) string {
	if len(token) > 1 && token[0] == '\'' {
		return strings.ReplaceAll(token[1:len(token)-1], "''", "'")
	}
	return strings.Trim(token, `"`)
}
