package enums

import (
	"errors"
	"reflect"
	"testing"

	"github.com/tasktwin/tasktwin"
)

// dumpOfTwo returns a dump with two rows in each table. All enums have valid values.
func dumpOfTwo() *tasktwin.Dump {
	d := new(tasktwin.Dump)
	for _, list := range fieldsOf(reflect.ValueOf(d).Elem()) {
		list.Set(reflect.MakeSlice(list.Type(), 2, 2))
		for i := range 2 {
			for _, field := range fieldsOf(list.Index(i)) {
				if isEnum(field) {
					field.SetString(firstValue(field))
				}
			}
		}
	}
	return d
}

func fieldsOf(v reflect.Value) (fields []reflect.Value) {
	for _, field := range v.Fields() {
		fields = append(fields, field)
	}
	return fields
}

func isEnum(v reflect.Value) bool {
	_, ok := reflect.TypeAssert[interface{ TypeName() string }](v)
	return ok
}

// firstValue returns the first value of an enum.
func firstValue(v reflect.Value) string {
	for _, value := range []string{"start", "initiator", "pending", "created", "disabled", "working"} {
		v.SetString(value)
		if v.Interface().(interface{ Valid() bool }).Valid() {
			return value
		}
	}
	return ""
}

// An invalid value is found in every row and column, except in a column that the database
// generates.
func TestCheckDumpLooksAtEveryEnum(t *testing.T) {
	t.Parallel()
	if err := CheckDump(dumpOfTwo()); err != nil {
		t.Fatal(err)
	}
	enums := 0
	d := dumpOfTwo()
	for _, list := range fieldsOf(reflect.ValueOf(d).Elem()) {
		row := list.Index(1)
		for i, field := range fieldsOf(row) {
			if !isEnum(field) {
				continue
			}
			enums++
			before := field.String()
			field.SetString("bogus")
			err := CheckDump(d)
			refused, ok := errors.AsType[*tasktwin.Error](err)
			generated := row.Type().Field(i).Name == "JobStatus"
			if generated && err != nil || !generated && (!ok || refused.Code != tasktwin.InvalidTextRepresentation) {
				t.Errorf("%s.%s: %v", row.Type(), row.Type().Field(i).Name, err)
			}
			field.SetString(before)
		}
	}
	if enums < 6 {
		t.Errorf("only %d enums were checked", enums)
	}
}

func TestCheckNamesTypeAndValue(t *testing.T) {
	t.Parallel()
	err := Check(tasktwin.BuildReason("bogus"))
	if want := `invalid input value for enum build_reason: "bogus" (SQLSTATE 22P02)`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := Check(tasktwin.BuildReasonCLI); err != nil {
		t.Error(err)
	}
}
