package main

import (
	"os"
	"path/filepath"
	"regexp"
)

// namedStatement matches a statement in sqlc's code: the comment with its name, and the
// rest.
var namedStatement = regexp.MustCompile("(?m) = `(-- name: \\w+ :\\w+\\n)([^`]*\\n)`$")

// namesLast returns sqlc's code with the name of each statement at its end. A pooler that
// balances reads, such as pgpool-II, looks at a statement's first letter, and sends all that
// begin with a comment to the primary.
func namesLast(code string) string { return namedStatement.ReplaceAllString(code, " = `$2$1`") }

// sqlcFiles returns sqlc's files, with the names of statements last, by their paths from
// root.
func sqlcFiles(root string) (map[string]string, error) {
	const folder = "pgdb/internal/sqlc"
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, path := range paths {
		code, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files[folder+"/"+filepath.Base(path)] = namesLast(string(code))
	}
	return files, nil
}
