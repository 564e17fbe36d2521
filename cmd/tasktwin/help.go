package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
)

// helpWidth is the longest line of a help text, also on a wider terminal.
const helpWidth = 100

// printHelp prints the help of a command. Unlike kong's, its usage line shows which flags
// exclude each other.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if command := ctx.Selected(); command != nil {
		if _, err := fmt.Fprintf(ctx.Stdout, "Usage: %s %s\n", ctx.Model.Name, usage(command)); err != nil {
			return err
		}
		options.NoAppSummary = true
	}
	return kong.DefaultHelpPrinter(options, ctx)
}

// usage returns the usage line of a command, such as
// "dump (--postgres=URL | --log=FILE) --output=FILE [flags]".
func usage(command *kong.Node) string {
	words := []string{command.Path()}
	shown := map[string]bool{}
	for _, flag := range command.Flags {
		if !flag.Required || shown[flag.Name] {
			continue
		}
		var choice []string
		for _, other := range append([]*kong.Flag{flag}, excluded(command, flag)...) {
			choice = append(choice, other.Summary())
			shown[other.Name] = true
		}
		if len(choice) > 1 {
			words = append(words, "("+strings.Join(choice, " | ")+")")
		} else {
			words = append(words, choice...)
		}
	}
	for _, argument := range command.Positional {
		if placeholder := argument.Tag.PlaceHolder; placeholder != "" {
			words = append(words, placeholder)
		} else {
			words = append(words, argument.Summary())
		}
	}
	return strings.Join(append(words, "[flags]"), " ")
}

// excluded returns the other flags of a command that cannot be used with a flag.
func excluded(command *kong.Node, flag *kong.Flag) []*kong.Flag {
	var others []*kong.Flag
	for _, other := range command.Flags {
		if other != flag && exclude(flag, other) {
			others = append(others, other)
		}
	}
	return others
}

// exclude reports whether two flags cannot be used together: they share a group of kong's
// tag xor or of the tag either. For xor a default counts as a use, for either it does not.
func exclude(a, b *kong.Flag) bool {
	groups := append(slices.Clone(a.Xor), strings.Split(a.Tag.Get("either"), ",")...)
	return slices.ContainsFunc(append(slices.Clone(b.Xor), strings.Split(b.Tag.Get("either"), ",")...), func(group string) bool {
		return group != "" && slices.Contains(groups, group)
	})
}

// refuseTogether refuses flags that exclude each other.
func refuseTogether(parsed *kong.Context) error {
	var given []*kong.Flag
	for _, at := range parsed.Path {
		if at.Flag == nil {
			continue
		}
		for _, other := range given {
			if other != at.Flag && exclude(other, at.Flag) {
				return usagef("--%s and --%s can't be used together", other.Name, at.Flag.Name)
			}
		}
		given = append(given, at.Flag)
	}
	return nil
}

// describeFlag returns a function that returns the help of a flag: with its default, if it
// has one, and with the flags that it excludes. app returns the commands.
func describeFlag(app func() *kong.Application) kong.HelpValueFormatter {
	return func(v *kong.Value) string {
		text := v.Help
		if v.Flag == nil {
			return text
		}
		if v.Default != "" && !strings.Contains(text, "Default:") {
			text += " Default: " + strings.ReplaceAll(v.Default, ",", ", ") + "."
		}
		var names []string
		for _, command := range app().Leaves(true) {
			if slices.Contains(command.Flags, v.Flag) {
				for _, other := range excluded(command, v.Flag) {
					names = append(names, "--"+other.Name)
				}
			}
		}
		if len(names) > 0 {
			text += " Not with " + strings.Join(names, ", ") + "."
		}
		return text
	}
}

// helpOf returns the command line that prints the help of the command of ctx, which may
// be nil.
func helpOf(ctx *kong.Context) string {
	if ctx != nil {
		if command := ctx.Selected(); command != nil {
			return command.FullPath() + " --help"
		}
	}
	return "tasktwin --help"
}

var (
	oneOf  = regexp.MustCompile(` must be one of (.+) but got "(.*)"$`)
	quoted = regexp.MustCompile(`"([^"]*)"`)
)

// noValue returns the flag of kong's error about a flag without a value at the end of the
// command line.
func noValue(message string) (flag string, ok bool) {
	flag, what, _ := strings.Cut(message, ": ")
	return flag, strings.HasPrefix(flag, "--") && strings.HasSuffix(what, `but got "EOL" (<EOL>)`)
}

// withSuggestion adds to kong's error about a value that is not in a list what may
// have been meant. About unknown flags and commands kong says so itself.
func withSuggestion(message string) string {
	if flag, ok := noValue(message); ok {
		return flag + ": its value is missing"
	}
	parts := oneOf.FindStringSubmatch(message)
	if parts == nil {
		return message
	}
	var values []string
	for _, match := range quoted.FindAllStringSubmatch(parts[1], -1) {
		values = append(values, match[1])
	}
	return message + suggest.Question(parts[2], values)
}
