package main

import (
	"fmt"
	"go/types"
	"strings"
)

// aliases are names for the types of a package's expressions. They are not hidden
// by any variable, and need no import in the file that uses them.
type aliases struct {
	pkg     *types.Package
	names   map[string]string // by type, as text
	texts   []string
	imports map[string]string // names of imports by path
	paths   []string
}

func newAliases(p *types.Package) *aliases {
	return &aliases{pkg: p, names: map[string]string{}, imports: map[string]string{}}
}

// of returns a name for a type, or "" if there cannot be one.
func (a *aliases) of(t types.Type) string {
	if t == nil {
		return ""
	}
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() == 0 {
			return ""
		}
		var parts []string
		for v := range tuple.Variables() {
			part := a.of(v.Type())
			if part == "" {
				return ""
			}
			parts = append(parts, part)
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	if b, ok := t.(*types.Basic); ok && (b.Kind() == types.UntypedNil || b.Kind() == types.Invalid) {
		return ""
	}
	t = types.Default(t)
	where := a.reach(t, map[types.Type]bool{})
	if where == nowhere {
		return ""
	}
	text := types.TypeString(t, a.importName)
	if where == inFunction {
		return text
	}
	name, ok := a.names[text]
	if !ok {
		name = fmt.Sprintf("mutantType%d_", len(a.texts))
		a.names[text] = name
		a.texts = append(a.texts, text)
	}
	return name
}

func (a *aliases) importName(p *types.Package) string {
	if p == a.pkg {
		return ""
	}
	name, ok := a.imports[p.Path()]
	if !ok {
		name = fmt.Sprintf("mutantImport%d_", len(a.paths))
		a.imports[p.Path()] = name
		a.paths = append(a.paths, p.Path())
	}
	return name
}

// reach says where a type can be named.
type reach int

const (
	everywhere reach = iota
	inFunction       // it has a type parameter
	nowhere          // it is local to a function or not exported by another package
)

func (a *aliases) reach(t types.Type, seen map[types.Type]bool) reach {
	if seen[t] {
		return everywhere
	}
	seen[t] = true
	most := everywhere
	also := func(t types.Type) { most = max(most, a.reach(t, seen)) }
	switch t := t.(type) {
	case *types.TypeParam:
		return inFunction
	case *types.Alias:
		return a.named(t.Obj(), t.TypeArgs(), seen)
	case *types.Named:
		return a.named(t.Obj(), t.TypeArgs(), seen)
	case *types.Pointer:
		also(t.Elem())
	case *types.Slice:
		also(t.Elem())
	case *types.Array:
		also(t.Elem())
	case *types.Chan:
		also(t.Elem())
	case *types.Map:
		also(t.Key())
		also(t.Elem())
	case *types.Signature:
		for v := range t.Params().Variables() {
			also(v.Type())
		}
		for v := range t.Results().Variables() {
			also(v.Type())
		}
	case *types.Struct, *types.Interface, *types.Tuple, *types.Union:
		if t.String() != "interface{}" && t.String() != "any" && t.String() != "struct{}" {
			return nowhere
		}
	}
	return most
}

func (a *aliases) named(obj *types.TypeName, args *types.TypeList, seen map[types.Type]bool) reach {
	most := everywhere
	switch {
	case obj.Pkg() == nil: // error, any
	case obj.Parent() != obj.Pkg().Scope():
		return nowhere
	case obj.Pkg() != a.pkg && !obj.Exported():
		return nowhere
	}
	for arg := range args.Types() {
		most = max(most, a.reach(arg, seen))
	}
	return most
}

// source returns the text of the file that declares the aliases, without its
// package clause.
func (a *aliases) source() string {
	var b strings.Builder
	for i, text := range a.texts {
		fmt.Fprintf(&b, "type mutantType%d_ = %s\n", i, text)
	}
	return b.String()
}

// importLines returns the imports of the packages that code refers to by the
// names of the aliases.
func (a *aliases) importLines(code string) string {
	var b strings.Builder
	for i, path := range a.paths {
		name := fmt.Sprintf("mutantImport%d_", i)
		if strings.Contains(code, name+".") {
			fmt.Fprintf(&b, "import %s %q\n", name, path)
		}
	}
	return b.String()
}
