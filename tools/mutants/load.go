package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// source is an unchanged file of a package.
type source struct {
	path string // on disk
	name string // path relative to the root of the project, with slashes
	text []byte
	ast  *ast.File
	// clause is the offset of the end of the package clause.
	clause int
}

// pkg is a package to mutate.
type pkg struct {
	path, dir string
	name      string // last element of the path, which the command line uses
	files     []*source
	fset      *token.FileSet
	types     *types.Package
	info      *types.Info
	importer  types.Importer
}

// listed is the output of go list for a package.
type listed struct {
	ImportPath string   `json:"ImportPath"`
	Dir        string   `json:"Dir"`
	Name       string   `json:"Name"`
	Export     string   `json:"Export"`
	GoFiles    []string `json:"GoFiles"`
	DepOnly    bool     `json:"DepOnly"`
}

// supportImports are the imports of the schemata's support file.
var supportImports = []string{"os", "runtime/debug", "strconv"}

// load parses and type-checks the packages in folders below root. Their imports
// come from the compiler's export data.
func load(ctx context.Context, root string, folders ...string) ([]*pkg, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Dir,Name,Export,GoFiles,DepOnly"}
	for _, folder := range folders {
		args = append(args, "./"+folder)
	}
	args = append(args, supportImports...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	exports := map[string]string{}
	var found []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		exports[l.ImportPath] = l.Export
		if !l.DepOnly && !slices.Contains(supportImports, l.ImportPath) {
			found = append(found, l)
		}
	}
	var pkgs []*pkg
	for _, l := range found {
		p, err := check(root, l, exports)
		if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
	return pkgs, nil
}

// check parses and type-checks one package.
func check(root string, l listed, exports map[string]string) (*pkg, error) {
	p := &pkg{path: l.ImportPath, dir: l.Dir, name: l.Name, fset: token.NewFileSet()}
	p.importer = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := exports[path]
		if !ok || file == "" {
			return nil, fmt.Errorf("there is no export data of %s", path)
		}
		return os.Open(file)
	})
	for _, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(p.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, &source{
			path: path, name: filepath.ToSlash(relative), text: text, ast: f, clause: p.fset.Position(f.Name.End()).Offset,
		})
	}
	return p, p.check()
}

// check computes the types.
func (p *pkg) check() error {
	p.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	var files []*ast.File
	for _, f := range p.files {
		files = append(files, f.ast)
	}
	var err error
	p.types, err = (&types.Config{Importer: p.importer}).Check(p.path, p.fset, files, p.info)
	return err
}

// offset returns the offset of a position in its file.
func (p *pkg) offset(pos token.Pos) int { return p.fset.Position(pos).Offset }

// code returns the source code of a node.
func (p *pkg) code(f *source, n ast.Node) string {
	return string(f.text[p.offset(n.Pos()):p.offset(n.End())])
}

// oneLine replaces white space in code by single spaces, for output and for the
// identity of a mutant.
func oneLine(code string) string { return strings.Join(strings.Fields(code), " ") }
