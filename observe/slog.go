package observe

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"

	"github.com/tasktwin/tasktwin"
)

// Slog returns an observer that logs each call: at the level debug, and at the level warn if
// it failed other than with [sql.ErrNoRows]. The message is the method. The attributes are
// arg, as JSON; rows, the number of rows of an answer that is a list; tx, depth, session and
// fork, if they are not zero; duration; and cause and err. Arguments contain what users have
// written, such as prompts. Those of Load, and answers, are not logged. Slog panics if the
// logger is nil.
func Slog(logger *slog.Logger) Observer {
	if logger == nil {
		panic(errors.New("observe: Slog: the logger is nil"))
	}
	return func(ctx context.Context, c Call) {
		if ctx == nil {
			ctx = context.Background()
		}
		level := slog.LevelDebug
		if c.Err != nil && !errors.Is(c.Err, sql.ErrNoRows) {
			level = slog.LevelWarn
		}
		if logger.Enabled(ctx, level) {
			logger.LogAttrs(ctx, level, c.Method, attrs(c)...)
		}
	}
}

// attrs returns the attributes of a call.
func attrs(c Call) []slog.Attr {
	var out []slog.Attr
	if text := argText(c.Arg); text != "" {
		out = append(out, slog.String("arg", text))
	}
	if v := reflect.ValueOf(c.Answer); c.Err == nil && v.Kind() == reflect.Slice {
		out = append(out, slog.Int("rows", v.Len()))
	}
	for _, n := range []struct {
		key   string
		value int
	}{{"tx", c.Tx}, {"depth", c.Depth}, {"fork", c.Fork}} {
		if n.value != 0 {
			out = append(out, slog.Int(n.key, n.value))
		}
	}
	if c.Session != "" {
		out = append(out, slog.String("session", c.Session))
	}
	out = append(out, slog.Duration("duration", c.Duration))
	if c.Cause != nil {
		out = append(out, slog.Any("cause", c.Cause))
	}
	if c.Err != nil {
		out = append(out, slog.Any("err", c.Err))
	}
	return out
}

// argText returns a call's argument as JSON, or "" if it has none or rows to load.
func argText(arg any) string {
	switch a := arg.(type) {
	case nil, *tasktwin.Dump:
		return ""
	case *tasktwin.TxOptions:
		if a == nil {
			return ""
		}
	}
	text, err := json.Marshal(arg)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
