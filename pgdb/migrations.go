package pgdb

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the schema. Its version is its place among all, from
// one on.
type migration struct {
	file string
	up   string
	// objects are the tables, views and types that it makes.
	objects []object
}

var created = regexp.MustCompile(`(?m)^CREATE (TABLE|VIEW|TYPE) (\w+)`)

// readMigrations returns all migrations, in their order. The files have the
// form of goose, which sqlc reads, too.
func readMigrations() ([]migration, error) {
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]migration, len(files))
	for i, file := range files {
		text, err := migrationFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(file, fmt.Sprintf("migrations/%05d_", i+1)) {
			return nil, fmt.Errorf("%s: its number must be %05d", file, i+1)
		}
		up, _, found := strings.Cut(string(text), "\n-- +goose Down\n")
		if !found {
			return nil, fmt.Errorf("%s: it has no line -- +goose Down", file)
		}
		all[i] = migration{file: file, up: up}
		for _, match := range created.FindAllStringSubmatch(up, -1) {
			all[i].objects = append(all[i].objects, object{strings.ToLower(match[1]), match[2]})
		}
	}
	return all, nil
}
