package pgserver

import (
	"context"
	"errors"
	"fmt"
)

// Template is a database from which others are cloned. It is safe for concurrent use.
type Template struct {
	server *Server
	name   string
}

// NewTemplate creates a template: a database with the schema and with what fill does in
// it. fill is given the database's URL; its sessions are ended when it returns. If it
// fails, the database is dropped, and the error wraps that of fill. [Server.Close] drops
// the template.
func (s *Server) NewTemplate(ctx context.Context, fill func(ctx context.Context, url string) error) (*Template, error) {
	name := fmt.Sprintf("%s_%d", s.template(), s.serial.Add(1))
	if err := s.clone(ctx, s.template(), name); err != nil {
		return nil, err
	}
	err := fill(ctx, withDatabase(s.base, name))
	if err == nil {
		err = s.seal(ctx, name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pgserver: fill a template database: %w", err), s.drop(name))
	}
	return &Template{s, name}, nil
}

// NewDatabase creates a database with the template's rows: see [Server.NewDatabase].
func (t *Template) NewDatabase(ctx context.Context) (url string, drop func() error, err error) {
	return t.server.newDatabase(ctx, t.name)
}

func (s *Server) seal(ctx context.Context, name string) error {
	conn, err := connect(ctx, s.base)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	return seal(ctx, conn, name)
}
