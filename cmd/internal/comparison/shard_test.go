package comparison

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/sim"
)

func TestParts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/5", "a/b", "1/1000001"} {
		_, ok := ParsePart(text)
		require.False(t, ok, text)
	}
	part, ok := ParsePart("2/5")
	require.True(t, ok)
	require.Equal(t, "2/5", part.String())
	// Each run is in one part, and the parts differ by one run at most.
	for n := 1; n <= 20; n++ {
		seen, least, most := map[[2]int]int{}, 1000, 0
		for i := 1; i <= n; i++ {
			size := 0
			for seed := range 3 {
				for _, policy := range (Part{i, n}).Policies(seed, 5) {
					seen[[2]int{seed, policy}]++
					size++
				}
			}
			least, most = min(least, size), max(most, size)
		}
		require.Len(t, seen, 15)
		require.LessOrEqual(t, most-least, 1)
		for _, times := range seen {
			require.Equal(t, 1, times)
		}
	}
}

// shard returns a shard of two seeds and three policies.
func shard(i, n int) *Shard {
	s := NewShard(Part{i, n}, Question{
		Version: "v1", Architecture: "amd64", Parameters: sim.DefaultParams(), Seeds: []uint64{1, 1 << 63},
		Policies: []string{"idle:5m", "idle:1h", "never"},
		Current:  2,
	})
	for seed := range 2 {
		for _, policy := range s.Shard.Policies(seed, 3) {
			s.Runs = append(s.Runs, Run{seed, policy, result(s.Question.Policies[policy], int64(10*seed+policy), policy, 10)})
		}
	}
	s.Seconds = float64(i)
	return s
}

func write(t *testing.T, shards ...*Shard) []string {
	t.Helper()
	names := make([]string, len(shards))
	dir := t.TempDir()
	for i, s := range shards {
		names[i] = filepath.Join(dir, fmt.Sprintf("%d.json", i))
		text, err := json.Marshal(s)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(names[i], text, 0o600))
	}
	return names
}

func TestMerge(t *testing.T) {
	t.Parallel()
	whole, err := Merge(write(t, shard(1, 1)))
	require.NoError(t, err)
	for _, shards := range [][]*Shard{
		{shard(1, 3), shard(2, 3), shard(3, 3)},
		{shard(3, 3), shard(1, 3), shard(2, 3)},
	} {
		got, err := Merge(write(t, shards...))
		require.NoError(t, err)
		require.Equal(t, whole.Results, got.Results)
		require.Equal(t, whole.Question, got.Question)
		require.InDelta(t, 6, got.Seconds, 0)
	}
	require.EqualValues(t, 12, whole.Results[1][2].RunningMS/hour)
	// There may be more parts than runs.
	var many []*Shard
	for i := range 9 {
		many = append(many, shard(i+1, 9))
	}
	got, err := Merge(write(t, many...))
	require.NoError(t, err)
	require.Equal(t, whole.Results, got.Results)
}

func TestBadShards(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(s []*Shard) []*Shard{
		"no file has the shard 2/3, 3/3, beside 1/3 of 0.json":         func(s []*Shard) []*Shard { return s[:1] },
		"8/99, 9/99, 10/99, 11/99, and 88 more, beside 1/99 of 0.json": func([]*Shard) []*Shard { return []*Shard{shard(1, 99)} },
		"2.json: shard is 2/3: so is that of 1.json":                   func(s []*Shard) []*Shard { return []*Shard{s[0], s[1], s[1]} },
		"1.json: shard is 1/2: that of 0.json is 1/3":                  func(s []*Shard) []*Shard { return []*Shard{s[0], shard(1, 2)} },
		"1.json: question.price is 3: that of 0.json is 0":             func(s []*Shard) []*Shard { s[1].Question.Price = 3; return s },
		`1.json: question.version is "v2": that of 0.json is "v1"`: func(s []*Shard) []*Shard {
			s[1].Question.Version = "v2"
			return s
		},
		"1.json: question.parameters.work.sigma is 2: that of 0.json is 1": func(s []*Shard) []*Shard {
			s[1].Question.Parameters.Work.Sigma = 2
			return s
		},
		"1.json: question.seeds is [1,9223372036854775809]: that of 0.json is [1,9223372036854775808]": func(s []*Shard) []*Shard {
			s[1].Question.Seeds = []uint64{1, 1<<63 + 1}
			return s
		},
		`1.json: question.currency is "USD": that of 0.json is null`: func(s []*Shard) []*Shard { s[1].Question.Currency = "USD"; return s },
		"1.json: format_version is 2: this program reads 1":          func(s []*Shard) []*Shard { s[1].FormatVersion = 2; return s },
		`1.json: format is "x": it must be "tasktwin sweep shard"`:   func(s []*Shard) []*Shard { s[1].Format = "x"; return s },
		"1.json: shard is 4/3: it must be from 1/N to N/N":           func(s []*Shard) []*Shard { s[1].Shard.I = 4; return s },
		"1.json: runs has 1 entries: that of seed 9223372036854775808 under idle:1h is missing": func(s []*Shard) []*Shard {
			s[1].Runs = s[1].Runs[:1]
			return s
		},
		"1.json: runs[0] is not that of seed 1 under idle:1h": func(s []*Shard) []*Shard { s[1].Runs[0].Policy = 2; return s },
		"1.json: runs has 3 entries: it must have 2": func(s []*Shard) []*Shard {
			s[1].Runs = append(s[1].Runs, s[1].Runs[0])
			return s
		},
		"1.json: question.current is 3: it must be": func(s []*Shard) []*Shard { s[1].Question.Current = 3; return s },
		"1.json: question.seeds is empty":           func(s []*Shard) []*Shard { s[1].Question.Seeds = nil; return s },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			names := write(t, change([]*Shard{shard(1, 3), shard(2, 3), shard(3, 3)})...)
			_, err := Merge(names)
			require.Error(t, err)
			require.Contains(t, strings.ReplaceAll(err.Error(), filepath.Dir(names[0])+"/", ""), want)
		})
	}
	for text, want := range map[string]string{
		"":    "it is not a shard",
		"[1]": "it is not a shard",
		"{}":  `format is ""`,
		`{"format":"tasktwin sweep shard","format_version":1,"more":1}`:              `unknown field "more"`,
		`{"format":"tasktwin sweep shard","format_version":1} {}`:                    "it is not a shard",
		`{"format":"tasktwin sweep shard","format_version":1,"shard":{"i":1,"n":1}}`: "question.seeds is empty",
	} {
		name := filepath.Join(t.TempDir(), "shard.json")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		_, err := Merge([]string{name})
		require.ErrorContains(t, err, name+": ")
		require.ErrorContains(t, err, want)
	}
	_, err := Merge([]string{filepath.Join(t.TempDir(), "absent.json")})
	require.ErrorIs(t, err, os.ErrNotExist)
}
