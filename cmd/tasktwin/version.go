package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/tasktwin/tasktwin/dumpfile"
)

// version describes the build: its version, its commit and Go's version.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "tasktwin, without build information"
	}
	var b strings.Builder
	b.WriteString(program(info))
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			fmt.Fprintf(&b, ", commit %s", s.Value)
		case s.Key == "vcs.modified" && s.Value == "true":
			b.WriteString(", modified")
		}
	}
	fmt.Fprintf(&b, ", %s, dump format %d, schema %d", info.GoVersion, dumpfile.Version, dumpfile.Schema)
	return b.String()
}

// createdBy returns the value of created_by in dumps.
func createdBy() string {
	info, _ := debug.ReadBuildInfo()
	return program(info)
}

func program(info *debug.BuildInfo) string {
	if info == nil || info.Main.Version == "" {
		return "tasktwin (devel)"
	}
	return "tasktwin " + info.Main.Version
}
