// Package params reads and writes the parameters of a simulation by name, such as
// work.median=10m. The names are the JSON names of sim.Params, joined by dots.
package params

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/period"
	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
	"github.com/tasktwin/tasktwin/sim"
)

// ownFlags maps the parameters that have their own flags to these.
var ownFlags = map[string]string{
	"seed": "--seed", "start": "--from", "duration": "--days", "users": "--users", "tasks_per_user_day": "--tasks",
}

// Param is a parameter and its value in the format of Set.
type Param struct {
	Name  string
	Value string
}

// List returns the parameters that can be set, in the order of sim.Params.
func List(p *sim.Params) []Param {
	var out []Param
	walk(reflect.ValueOf(p).Elem(), "", func(name string, v reflect.Value) bool {
		if ownFlags[name] == "" {
			out = append(out, Param{name, format(v)})
		}
		return true
	})
	return out
}

// NameOf returns the name in Set of a field as sim's errors name it, such as
// Params.Work.Median. It returns false if there is none.
func NameOf(field string) (name string, ok bool) {
	field, _, _ = strings.Cut(strings.TrimPrefix(field, "Params."), "[")
	at := reflect.TypeFor[sim.Params]()
	var parts []string
	for part := range strings.SplitSeq(field, ".") {
		if at.Kind() != reflect.Struct {
			return "", false
		}
		f, ok := at.FieldByName(part)
		if !ok {
			return "", false
		}
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		parts, at = append(parts, tag), f.Type
	}
	name = strings.Join(parts, ".")
	p := sim.DefaultParams()
	return name, slices.Contains(names(&p), name)
}

// names returns the names of the parameters that can be set.
func names(p *sim.Params) []string {
	list := List(p)
	names := make([]string, len(list))
	for i, param := range list {
		names[i] = param.Name
	}
	return names
}

// Set sets a parameter from name=value. The error names the parameter and the value.
func Set(p *sim.Params, assignment string) error {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("%q: it must be name=value, such as work.median=10m", assignment)
	}
	if flag := ownFlags[name]; flag != "" {
		return fmt.Errorf("%q: use %s", name, flag)
	}
	var err error
	unknown := true
	walk(reflect.ValueOf(p).Elem(), "", func(at string, v reflect.Value) bool {
		if at == name {
			unknown, err = false, parse(v, value)
		}
		return unknown
	})
	switch {
	case unknown:
		return fmt.Errorf("%q: there is no such parameter%s", name, suggest.Question(name, names(p)))
	case err != nil:
		return fmt.Errorf("%s is %q: %w", name, value, err)
	}
	return nil
}

var durationType = reflect.TypeFor[time.Duration]()

// walk calls do for each parameter until it returns false.
func walk(v reflect.Value, prefix string, do func(name string, v reflect.Value) bool) bool {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		field := v.Field(i)
		if _, isTime := reflect.TypeAssert[time.Time](field); field.Kind() == reflect.Struct && !isTime {
			if !walk(field, prefix+name+".", do) {
				return false
			}
		} else if !do(prefix+name, field) {
			return false
		}
	}
	return true
}

func format(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return time.Duration(v.Int()).String()
	case v.Kind() == reflect.Array:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = format(v.Index(i))
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v.Interface())
}

func parse(v reflect.Value, text string) error {
	switch {
	case v.Type() == durationType:
		d, ok := period.Parse(text)
		if !ok {
			return errors.New("it must be a duration such as 90s, 1h30m or 7d")
		}
		v.SetInt(int64(d))
		return nil
	case v.Kind() == reflect.Array:
		parts := strings.Split(text, ",")
		if len(parts) != v.Len() {
			return fmt.Errorf("it must be %d numbers with commas between", v.Len())
		}
		for i, part := range parts {
			if err := parse(v.Index(i), part); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return errors.New("it must be a number")
	}
	v.SetFloat(f)
	return nil
}
