package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// field is a field of a struct, with its type as the root package writes it.
type field struct{ name, typ, tag string }

// method is a method or a function: the types and names of its parameters after
// the context, and its results without the error. Types are written as in the
// root package.
type method struct {
	name          string
	names, params []string
	results       []string
}

// code has the declarations in the files of a folder.
type code struct {
	structs map[string][]field
	types   map[string]bool
	methods map[string]method // of the requested type, or functions
}

// has reports whether a method or a function is there.
func (c *code) has(name string) bool {
	_, ok := c.methods[name]
	return ok
}

// readCode parses the files of a package, without its tests: either the generated
// files or the others. It returns the methods of one type, or the functions if
// receiver is empty.
func readCode(folder, receiver string, generated bool) (*code, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	c := &code{map[string][]field{}, map[string]bool{}, map[string]method{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if ast.IsGenerated(f) == generated {
			c.add(f, receiver)
		}
	}
	return c, nil
}

func (c *code) add(f *ast.File, receiver string) {
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			of := ""
			if d.Recv != nil {
				of = strings.TrimPrefix(typeText(d.Recv.List[0].Type), "*")
			}
			if of == receiver {
				c.methods[d.Name.Name] = newMethod(d.Name.Name, d.Type)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					c.types[t.Name.Name] = true
					if s, ok := t.Type.(*ast.StructType); ok {
						c.structs[t.Name.Name] = fieldsOf(s)
					}
				}
			}
		}
	}
}

func fieldsOf(s *ast.StructType) []field {
	var out []field
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			tag := ""
			if f.Tag != nil {
				tag = f.Tag.Value
			}
			out = append(out, field{name.Name, typeText(f.Type), tag})
		}
	}
	return out
}

func newMethod(name string, f *ast.FuncType) method {
	m := method{name: name}
	for _, p := range f.Params.List {
		for _, name := range p.Names {
			if typ := typeText(p.Type); typ != "context.Context" {
				m.names, m.params = append(m.names, name.Name), append(m.params, typ)
			}
		}
	}
	if f.Results != nil {
		for _, r := range f.Results.List {
			if typ := typeText(r.Type); typ != "error" {
				m.results = append(m.results, typ)
			}
		}
	}
	return m
}

// typeText returns a type as the root package writes it.
func typeText(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return "*" + typeText(t.X)
	case *ast.ArrayType:
		return "[]" + typeText(t.Elt)
	case *ast.IndexExpr:
		return typeText(t.X) + "[" + typeText(t.Index) + "]"
	case *ast.SelectorExpr:
		switch pkg := typeText(t.X); pkg {
		case "tasktwin":
			return t.Sel.Name
		case "null":
			return "sql.Null[" + t.Sel.Name + "]"
		default:
			return pkg + "." + t.Sel.Name
		}
	}
	return "?"
}

// readQuerier returns the methods of the interface Querier in order.
func readQuerier(file string) ([]method, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []method
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Querier" {
			return true
		}
		if i, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, m := range i.Methods.List {
				if f, ok := m.Type.(*ast.FuncType); ok {
					out = append(out, newMethod(m.Names[0].Name, f))
				}
			}
		}
		return false
	})
	return out, nil
}
