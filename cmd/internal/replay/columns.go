package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
)

// Columns names the columns of a log. An empty name is detected: the header is
// searched for names that exports commonly use.
type Columns struct {
	Case     string `json:"case"`
	Activity string `json:"activity"`
	Actor    string `json:"actor"`
	Start    string `json:"start"`
	End      string `json:"end"`
	// Lifecycle is the column that says whether a row is the start or the end of its
	// activity. It takes the place of End.
	Lifecycle string `json:"lifecycle"`
}

// Usual header names, as returned by normalize, most specific first.
var (
	caseNames = []string{
		"caseconceptname", "caseid", "case", "caseidentifier", "traceid", "taskid", "ticketid", "ticket", "ticketnumber", "task",
		"applicationid", "orderid", "incidentid", "issueid",
	}
	activityNames = []string{"activity", "conceptname", "activityname", "event", "eventname", "action", "step", "operation"}
	actorNames    = []string{
		"resource", "orgresource", "actor", "user", "userid", "username", "agent", "assignee", "originator", "performer", "owner", "employee",
	}
	startNames = []string{"starttimestamp", "start", "starttime", "startdate", "startdatetime", "startedat", "begin", "begintime"}
	endNames   = []string{
		"completetimestamp", "complete", "completetime", "completiontime", "endtimestamp", "end", "endtime", "enddate", "enddatetime",
		"endedat", "finish", "finishtime", "finishedat", "completedat", "stop", "stoptime",
	}
	lifecycleNames = []string{"lifecycletransition", "lifecycle", "transition", "transitiontype", "eventtype"}
	instantNames   = []string{"timetimestamp", "timestamp", "eventtimestamp", "eventtime", "time", "datetime", "date", "createdat"}
)

// normalize returns a header in lower case, without the characters that separate
// words.
func normalize(header string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-:.#/", r) {
			return -1
		}
		return r
	}, strings.ToLower(header))
}

// columnIndexes are the positions of the columns in a record, -1 for a column
// that the log does not have.
type columnIndexes struct{ caseID, activity, actor, start, end, lifecycle int }

// ColumnError reports a column that the log does not have.
type ColumnError struct {
	Flag      string   // the flag that names the column
	Name      string   // the requested name, or empty
	Header    []string // the columns of the log
	duplicate bool
}

// Error says which flag to set, and lists the possible values.
func (e *ColumnError) Error() string {
	list := e.columns()
	name := shorten(e.Name)
	switch {
	case e.duplicate:
		return fmt.Sprintf("--%s: column %q occurs more than once; the header has %s", e.Flag, name, list)
	case e.Name == "":
		return fmt.Sprintf("--%s: no column with a usual name; name one of %s", e.Flag, list)
	default:
		return fmt.Sprintf("--%s: there is no column %q%s; name one of %s", e.Flag, name, suggest.Question(name, e.shortHeader()), list)
	}
}

// shortHeader returns the columns of the log as messages show them.
func (e *ColumnError) shortHeader() []string {
	names := make([]string, len(e.Header))
	for i, h := range e.Header {
		names[i] = shorten(h)
	}
	return names
}

// columns lists the first columns of the log, in about 200 characters.
func (e *ColumnError) columns() string {
	const most = 200
	var b strings.Builder
	for i, h := range e.Header {
		name := fmt.Sprintf("%q", shorten(h))
		if i > 0 && b.Len()+len(name) > most {
			fmt.Fprintf(&b, " and %d more", len(e.Header)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	return b.String()
}

// findColumns finds the positions of the columns. Only the actor and the end may
// be missing, and only if no flag names them.
func findColumns(header []string, want Columns) (columnIndexes, error) {
	var at columnIndexes
	var err error
	columnsByName := make(map[string]int, len(header)) // index of the first column with that name
	for i, h := range slices.Backward(header) {
		columnsByName[normalize(h)] = i
	}
	find := func(flag, name string, usual ...[]string) int {
		if err != nil {
			return -1
		}
		var i int
		if i, err = findNamed(header, flag, name); name == "" {
			i = findUsual(columnsByName, slices.Concat(usual...))
		}
		return i
	}
	at.caseID = find("case", want.Case, caseNames)
	at.activity = find("activity", want.Activity, activityNames)
	at.actor = find("actor", want.Actor, actorNames)
	at.start = find("start", want.Start, startNames, instantNames, endNames)
	at.end = find("end", want.End, endNames, instantNames)
	at.lifecycle = find("lifecycle", want.Lifecycle, lifecycleNames)
	if err != nil {
		return at, err
	}
	for _, required := range []struct {
		flag string
		at   int
	}{{"case", at.caseID}, {"activity", at.activity}, {"start", at.start}} {
		if required.at < 0 {
			return at, &ColumnError{Flag: required.flag, Header: header}
		}
	}
	// If the log has only one time per event, the detected end is either the start
	// column itself or a column that names the time of the event.
	if want.End == "" && at.end >= 0 {
		isInstant := want.Start == "" &&
			!slices.Contains(startNames, normalize(header[at.start])) && slices.Contains(instantNames, normalize(header[at.end]))
		if at.end == at.start || isInstant {
			at.end = -1
		}
	}
	switch {
	case at.lifecycle < 0:
	case want.Lifecycle != "" && want.End == "":
		at.end = -1
	case want.Lifecycle == "" && (at.end >= 0 || at.lifecycle == at.activity):
		at.lifecycle = -1
	}
	return at, nil
}

// findNamed returns the index of the column with that name, or -1 if name is
// empty.
func findNamed(header []string, flag, name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	for _, same := range []func(string) bool{
		func(h string) bool { return h == name },
		func(h string) bool { return strings.EqualFold(h, name) },
	} {
		if i := slices.IndexFunc(header, same); i >= 0 {
			if slices.ContainsFunc(header[i+1:], same) {
				return -1, &ColumnError{Flag: flag, Name: name, Header: header, duplicate: true}
			}
			return i, nil
		}
	}
	return -1, &ColumnError{Flag: flag, Name: name, Header: header}
}

// findUsual returns the index of the column with the first of the usual names
// that the header has, or -1.
func findUsual(columnsByName map[string]int, usual []string) int {
	for _, u := range usual {
		if i, ok := columnsByName[u]; ok {
			return i
		}
	}
	return -1
}
