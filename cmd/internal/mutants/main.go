package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	root := os.Args[1]
	pkgs, err := load(context.Background(), root, "memdb", "internal/pgvalue")
	if err != nil { fmt.Println(err); os.Exit(1) }
	n := 1
	for _, p := range pkgs {
		s, err := newSchemata(p, n)
		if err != nil { fmt.Println(err); os.Exit(1) }
		n += len(s.mutants)+len(s.apart)+s.invalid
		fmt.Println(p.path, len(s.mutants), len(s.apart), s.invalid)
		ops := map[string]int{}
		for _, m := range s.mutants { ops[m.operator]++; if len(os.Args)>2 {fmt.Println(m.number, m.identity())} }
		fmt.Println(ops)
		for _, m := range s.apart { fmt.Println("apart", m.identity()) }
		os.MkdirAll("/tmp/schemata/"+p.name, 0o755)
		for path, t := range s.files() { os.WriteFile("/tmp/schemata/"+p.name+"/"+path[len(p.dir):], []byte(t), 0o644) }
	}
}
