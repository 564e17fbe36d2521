package dumpfile

import (
	"fmt"
	"strings"
	"testing"
)

// Lines that are objects have each key once, in its exact spelling. Errors name
// the problem and the line.
func TestKeysAreExact(t *testing.T) {
	t.Parallel()
	good := lines(t, sampleRows())
	whole := string(ended(good))
	const users = `{"table":"users","columns":["id",`
	for name, c := range map[string]struct{ old, with, want string }{
		"a key of the header in upper case": {`"version":`, `"VERSION":`, `line 1: there is no key "VERSION"`},
		"a key of the header twice": {
			`"version":1,`, `"version":1,"version":1,`, `line 1: the key "version" is there twice`,
		},
		"a key of the header twice, wrong": {`"version":1,`, `"version":0,"version":1,`, `the key "version" is there twice`},
		"a key of the header more":         {`"version":1,`, `"version":1,"more":1,`, `line 1: there is no key "more"`},
		"a key of the header missing":      {`,"created_by":"` + by + `"`, ``, `line 1: the key "created_by" is missing`},
		"a key with an escape":             {`"format":`, `"form\u0061t":`, ``},
		"a null in the header": {
			`"created_by":"` + by + `"`, `"created_by":null`, `line 1: created_by: it is not a string`,
		},
		"a version with a fraction": {`"version":1,`, `"version":1.0,`, `line 1: it is not an object`},
		"a version that is text":    {`"version":1,`, `"version":"1",`, `line 1: version: it is not an integer`},
		"half a character in the header": {
			`"created_by":"`, `"created_by":"\ud800`, `line 1: created_by: a string has a \u that is no character`,
		},
		"not UTF-8 in the header": {
			`"created_by":"`, "\"created_by\":\"\xff", `line 1: created_by: a string is not valid UTF-8`,
		},
		"a comma at the end of the header": {by + `"}`, by + `",}`, `line 1: it is not an object`},
		"a key of a table in upper case":   {users, `{"table":"users","COLUMNS":["id",`, `line 4: there is no key "COLUMNS"`},
		"a key of a table twice": {
			users, `{"table":"users","columns":[],"columns":["id",`, `line 4: the key "columns" is there twice`,
		},
		"the name of a table twice": {
			users, `{"table":"tasks","table":"users","columns":["id",`, `line 4: the key "table" is there twice`,
		},
		"a key of a table more": {
			users, `{"table":"users","rows":1,"columns":["id",`, `line 4: there is no key "rows"`,
		},
		"columns that are null": {
			users, `{"table":"users","columns":null}` + "\n" + `{"columns":["id",`, `line 4: columns: it is not an array of strings`,
		},
		"a column that is a number": {
			users, `{"table":"users","columns":[1,"id",`, `line 4: columns: it is not an array of strings`,
		},
		"a table and the end in one": {
			users, `{"end":{"sha256":"","rows":{}},"table":"users","columns":["id",`, `line 4: the table users is missing`,
		},
		"a key of the end in upper case": {`{"end":`, `{"End":`, `line N: there is no key "End"`},
		"a key of the end twice":         {`{"end":{`, `{"end":{"sha256":"","`, `line N: end: `},
		"a checksum twice": {
			`,"sha256":`, `,"sha256":"","sha256":`, `line N: end: the key "sha256" is there twice`,
		},
		"a checksum in upper case": {`,"sha256":`, `,"SHA256":`, `line N: end: there is no key "SHA256"`},
		"no checksum":              {`,"sha256":`, `,"rows":`, `line N: end: the key "rows" is there twice`},
		"a table counted twice": {
			`"rows":{`, `"rows":{"users":9,`, `line N: end: rows: the key "users" is there twice`,
		},
		"a table counted in upper case":      {`"users":1`, `"USERS":1`, `line N: end: rows: there is no key "USERS"`},
		"a count that is null":               {`"users":1`, `"users":null`, `line N: end: rows: users: it is not an integer`},
		"a table's columns with the end":     {`{"end":`, `{"columns":["id"],"end":`, `line N: the end has a table's columns`},
		"a table's name with the end":        {`{"end":`, `{"table":"users","end":`, `line N: the table users is there twice`},
		"an end that is an array of numbers": {`{"end":{`, `{"end":[{`, `line N: end: it is not an object`},
	} {
		want := strings.ReplaceAll(c.want, "line N:", fmt.Sprintf("line %d:", len(good)+1)) // the end line
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contains(t, whole, c.old)
			// The end line has the correct checksum of the changed lines before it.
			content := strings.Replace(whole, c.old, c.with, 1)
			if before, _, ok := strings.Cut(content, "{\"end\":{\"rows\""); ok && strings.Contains(strings.Join(good, ""), c.old) {
				content = string(ended(strings.SplitAfter(strings.TrimSuffix(before, "\n")+"\n", "\n")))
			}
			if want == "" {
				_, _, err := ReadWithInfo(strings.NewReader(string([]byte(content))))
				noError(t, err)
				return
			}
			contains(t, refused(t, []byte(content), ErrDamaged), want)
		})
	}
}
