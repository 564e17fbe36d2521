package sim

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// World is the part of a simulation that does not depend on the policy. It is
// immutable.
type World struct {
	params Params
	root   source
	rhythm *attention
	// people are the users.
	people []person
	// recorded has the recorded tasks of each person. It is nil without a recording.
	recorded [][]*RecordedTask
}

// person is a user of the world.
type person struct {
	source
	id       uuid.UUID
	username string
	name     string
	// gap is the mean attention between two tasks, in microseconds.
	gap float64
	// slowness multiplies the time to answer.
	slowness float64
}

// NewWorld returns a world with the given parameters, or a [*ParamError].
func NewWorld(p Params) (*World, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p.Start = p.Start.Round(0).UTC() // without a monotonic clock
	w := &World{params: p, root: source(mix(p.Seed + golden))}
	if p.Recording != nil {
		w.rhythm = newAttention(Always())
		w.groupByOwner()
		return w, nil
	}
	w.rhythm = newAttention(p.Rhythm)
	perDay := w.rhythm.perWeek() / 7 * float64(hour)
	w.people = make([]person, p.Users)
	for i := range w.people {
		s := w.root.sub(uint64(i))
		// A log-normal with mean 1 has the median exp(-sigma²/2).
		factor := math.Exp(p.UserSpread*s.normal(forRate, 0) - p.UserSpread*p.UserSpread/2)
		w.people[i] = person{
			source:   s,
			id:       s.id(kindUser, 0),
			username: fmt.Sprintf("user-%d", i+1),
			name:     fmt.Sprintf("User %d", i+1),
			gap:      perDay / (p.TasksPerUserDay * factor),
			slowness: math.Exp(p.AnswerSpread * s.normal(forSlowness, 0)),
		}
	}
	return w, nil
}

// groupByOwner sets people to the owners of a recording's tasks, in order of first
// appearance, and recorded to their tasks.
func (w *World) groupByOwner() {
	index := map[string]int{}
	for i := range w.params.Recording.Tasks {
		t := &w.params.Recording.Tasks[i]
		n, known := index[t.Owner]
		if !known {
			n = len(w.people)
			index[t.Owner] = n
			s := w.root.sub(uint64(n))
			w.people = append(w.people, person{
				source: s, id: s.id(kindUser, 0), username: fmt.Sprintf("user-%d", n+1), name: t.Owner, slowness: 1,
			})
			w.recorded = append(w.recorded, nil)
		}
		w.recorded[n] = append(w.recorded[n], t)
	}
	for _, tasks := range w.recorded {
		slices.SortStableFunc(tasks, func(a, b *RecordedTask) int { return a.Turns[0].At.Compare(b.Turns[0].At) })
	}
}

// Params returns the parameters of the world.
func (w *World) Params() Params { return w.params }

// ExpectedTasks returns the expected number of tasks. It depends on the users' rates, which
// the seed determines. For a recording it is the number of its tasks.
func (w *World) ExpectedTasks() float64 {
	if w.params.Recording != nil {
		return float64(len(w.params.Recording.Tasks))
	}
	attention := w.rhythm.between(simTimeOf(w.params.Start), simTimeOf(w.params.Until()))
	sum := 0.0
	for i := range w.people {
		sum += attention / w.people[i].gap
	}
	return sum
}

// OrganizationID returns the id of the organization of all of the world's tasks.
func (w *World) OrganizationID() uuid.UUID { return w.root.id(kindOrganization, 0) }

// Seed inserts the rows that Run needs: an organization, a template with its version, and
// the users. It inserts all of them or none. One seeded store can be forked for many runs.
func (w *World) Seed(ctx context.Context, store tasktwin.Store) error {
	return store.InTx(ctx, func(tx tasktwin.Store) error { return w.seed(ctx, tx) }, nil)
}

func (w *World) seed(ctx context.Context, store tasktwin.Store) error {
	at := w.params.Start
	organization := w.OrganizationID()
	if _, err := store.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{
		ID: organization, Name: "simulation", DisplayName: "Simulation", CreatedAt: at, UpdatedAt: at,
	}); err != nil {
		return fmt.Errorf("sim: seed: %w", err)
	}
	author := w.root.id(kindUser, 0)
	if _, err := store.InsertUser(ctx, tasktwin.InsertUserParams{
		ID: author, Username: "simulation", CreatedAt: at, UpdatedAt: at,
	}); err != nil {
		return fmt.Errorf("sim: seed: %w", err)
	}
	template, version := w.root.id(kindTemplate, 0), w.root.id(kindVersion, 0)
	if _, err := store.InsertTemplate(ctx, tasktwin.InsertTemplateParams{
		ID: template, CreatedAt: at, UpdatedAt: at, OrganizationID: organization, Name: "simulation",
		ActiveVersionID: version, CreatedBy: author,
	}); err != nil {
		return fmt.Errorf("sim: seed: %w", err)
	}
	if _, err := store.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{
		ID: version, TemplateID: nullUUID(template), OrganizationID: organization, CreatedAt: at, UpdatedAt: at, Name: "v1", CreatedBy: author,
	}); err != nil {
		return fmt.Errorf("sim: seed: %w", err)
	}
	for i := range w.people {
		p := &w.people[i]
		if _, err := store.InsertUser(ctx, tasktwin.InsertUserParams{
			ID: p.id, Username: p.username, Name: p.name, CreatedAt: at, UpdatedAt: at,
		}); err != nil {
			return fmt.Errorf("sim: seed: user %q: %w", p.name, err)
		}
	}
	return nil
}

func nullUUID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }
