package search

import (
	"os"
	"path/filepath"
	"strings"
)

// WriteVersion makes the index in dir look as if another version had written it.
func WriteVersion(dir, version string) error {
	name, err := os.ReadFile(filepath.Join(dir, currentFile))
	if err != nil {
		return err
	}
	g, err := openGeneration(filepath.Join(dir, strings.TrimSpace(string(name))))
	if err != nil {
		return err
	}
	if err := g.bleve.SetInternal(versionKey, []byte(version)); err != nil {
		return err
	}
	return g.bleve.Close()
}
