package main

import (
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/completion"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

// vars are the variables of help texts and tags, such as ${presets}. Each list
// comes from the code that defines its values.
func vars() kong.Vars {
	return kong.Vars{
		"version":         version(),
		"policies":        policyHelp(),
		"policy_examples": join(policyExamples()),
		"presets":         join(parity.AllPresets()),
		"checks":          string(parity.CheckEnd),
		"timeouts":        "15m, 30m, 1h, 4h, 1d, never",
		"date_orders":     join(replay.DateOrders()),
		"formats":         join(telemetryFormats),
		"log_levels":      join(logLevels()),
		"color_modes":     join(term.Modes()),
		"shells":          join(completion.Shells()),
	}
}

// logLevels are the names of slog's levels.
func logLevels() []string {
	var names []string
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		names = append(names, strings.ToLower(level.String()))
	}
	return names
}

// join lists the values that are not empty.
func join[S ~string](values []S) string {
	var texts []string
	for _, v := range values {
		if v != "" {
			texts = append(texts, string(v))
		}
	}
	return strings.Join(texts, ", ")
}
