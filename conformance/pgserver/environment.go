package pgserver

import (
	"os"
	"sync"
)

// libpqVariables are the environment variables that libpq and pgx read: where to
// connect, how, and settings of the session.
var libpqVariables = []string{
	"PGAPPNAME", "PGCHANNELBINDING", "PGCLIENTENCODING", "PGCONNECT_TIMEOUT", "PGDATABASE", "PGDATESTYLE", "PGGEQO",
	"PGGSSDELEGATION", "PGGSSENCMODE", "PGGSSLIB", "PGHOST", "PGHOSTADDR", "PGKRBSRVNAME", "PGLOADBALANCEHOSTS",
	"PGMAXPROTOCOLVERSION", "PGMINPROTOCOLVERSION", "PGOPTIONS", "PGPASSFILE", "PGPASSWORD", "PGPORT", "PGREQUIREAUTH",
	"PGREQUIREPEER", "PGREQUIRESSL", "PGSERVICE", "PGSERVICEFILE", "PGSSLCERT", "PGSSLCERTMODE", "PGSSLCOMPRESSION",
	"PGSSLCRL", "PGSSLCRLDIR", "PGSSLKEY", "PGSSLMAXPROTOCOLVERSION", "PGSSLMINPROTOCOLVERSION", "PGSSLMODE",
	"PGSSLNEGOTIATION", "PGSSLPASSWORD", "PGSSLROOTCERT", "PGSSLSNI", "PGSYSCONFDIR", "PGTARGETSESSIONATTRS", "PGTZ", "PGUSER",
}

// shielded counts the servers of this process whose clients are shielded from the
// environment, and has what was taken out of it.
var shielded struct {
	mu      sync.Mutex
	servers int
	taken   map[string]string
}

// shield takes libpq's variables out of the process's environment, as long as a server
// runs that the process has started. They are about other servers: PGSERVICE or PGSSLMODE
// would make all clients of this one fail, and PGOPTIONS or PGTZ change what they are
// told. restore gives them back when the last such server has ended; it is called once.
func shield() (restore func()) {
	s := &shielded
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.servers++; s.servers == 1 {
		s.taken = map[string]string{}
		for _, name := range libpqVariables {
			if value, ok := os.LookupEnv(name); ok {
				s.taken[name] = value
				_ = os.Unsetenv(name) // fails for no such name
			}
		}
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.servers--; s.servers > 0 {
			return
		}
		for name, value := range s.taken {
			if _, ok := os.LookupEnv(name); !ok { // or somebody has set it since
				_ = os.Setenv(name, value)
			}
		}
		s.taken = nil
	}
}
