package conformance

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"reflect"
	"time"

	"github.com/google/uuid"
)

// sum is a hash of an answer. Answers that [parity.Compare] tells apart have
// different sums: nil and empty, or times in different zones.
type sum uint64

// The hash is FNV-1a, on words instead of bytes.
const (
	sumStart sum = 14695981039346656037
	sumPrime sum = 1099511628211
)

func sumOf(values ...any) sum {
	s := sumStart
	for _, v := range values {
		s.value(reflect.ValueOf(v))
	}
	return s
}

func (s *sum) number(n uint64) { *s = sum(bits.RotateLeft64(uint64((*s^sum(n))*sumPrime), 29)) }

func (s *sum) text(t string) {
	s.number(uint64(len(t)))
	for len(t) >= 8 {
		s.number(binary.LittleEndian.Uint64([]byte(t[:8])))
		t = t[8:]
	}
	var rest [8]byte
	copy(rest[:], t)
	s.number(binary.LittleEndian.Uint64(rest[:]))
}

var (
	timeType = reflect.TypeFor[time.Time]()
	jsonType = reflect.TypeFor[json.RawMessage]()
	uuidType = reflect.TypeFor[uuid.UUID]()
)

func (s *sum) value(v reflect.Value) {
	if !v.IsValid() {
		s.number(0)
		return
	}
	switch v.Type() {
	case timeType:
		t, _ := reflect.TypeAssert[time.Time](v)
		s.number(uint64(t.Unix()))
		s.number(uint64(t.Nanosecond()))
		s.text(t.Location().String())
		return
	case uuidType:
		id, _ := reflect.TypeAssert[uuid.UUID](v)
		s.number(binary.LittleEndian.Uint64(id[:8]))
		s.number(binary.LittleEndian.Uint64(id[8:]))
		return
	case jsonType:
		if v.IsNil() {
			s.number(0)
			return
		}
		s.number(1)
		s.text(string(v.Bytes()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			s.number(0)
			return
		}
		s.number(1)
		s.value(v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			s.number(0)
			return
		}
		s.number(1)
		s.number(uint64(v.Len()))
		for i := range v.Len() {
			s.value(v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			s.value(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() { //nolint:modernize // Fields also looks up the names, which takes twice as long
			s.value(v.Field(i))
		}
	case reflect.String:
		s.text(v.String())
	case reflect.Bool:
		if v.Bool() {
			s.number(1)
		} else {
			s.number(0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.number(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		s.number(v.Uint())
	default:
		panic("conformance: no sum of a " + v.Type().String())
	}
}
