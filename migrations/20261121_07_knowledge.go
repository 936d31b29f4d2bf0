package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// knowledge: the articles with all their versions and who did what to them,
// what people said of them, what was looked for, and the words that editors
// maintain. One table after the other; there is no logic in it.
var knowledge = func() step {
	type article struct {
		bun.BaseModel `bun:"table:articles"`

		ID         int64     `bun:"id,pk,autoincrement"`
		Source     string    `bun:"source,notnull"` // of an import; with external_no it names the article
		ExternalNo string    `bun:"external_no,notnull"`
		Digest     string    `bun:"digest,notnull"` // of what was last imported
		TitleKey   string    `bun:"title_key,notnull"`
		Head       int       `bun:"head,notnull"`    // the newest version
		Wanted     int       `bun:"wanted,notnull"`  // the version that the index should hold; 0: none
		Live       int       `bun:"live,notnull"`    // the version that serves; 0: none
		Changed    int64     `bun:"changed,notnull"` // number of the last change that the index has to follow
		Version    int64     `bun:"version,notnull"` // rises with every write
		Views      int64     `bun:"views,notnull"`
		Uses       int64     `bun:"uses,notnull"`
		UsedAt     time.Time `bun:"used_at,nullzero"`
		TouchedAt  time.Time `bun:"touched_at,notnull"`
	}
	type version struct {
		bun.BaseModel `bun:"table:article_versions"`

		ArticleID   int64     `bun:"article_id,pk"`
		N           int       `bun:"n,pk"`
		State       string    `bun:"state,notnull"`
		Title       string    `bun:"title,notnull"`
		Kind        string    `bun:"kind,notnull"`
		Nature      string    `bun:"nature,notnull"` // the kind in the words of the file it came from
		Path        string    `bun:"path,notnull"`
		Body        string    `bun:"body,type:text,notnull"`
		Answer      string    `bun:"answer,type:text,notnull"`
		Basis       string    `bun:"basis,notnull"`
		Department  string    `bun:"department,notnull"`
		Issuer      string    `bun:"issuer,notnull"`
		Matters     string    `bun:"matters,notnull"`  // codes, comma-separated
		Keywords    string    `bun:"keywords,notnull"` // comma-separated
		Area        string    `bun:"area,notnull"`
		Access      string    `bun:"access,notnull"`
		ValidFrom   time.Time `bun:"valid_from,nullzero"`
		ValidUntil  time.Time `bun:"valid_until,nullzero"`
		ReviewAt    time.Time `bun:"review_at,nullzero"`
		Files       string    `bun:"files,notnull"` // ids, comma-separated
		WrittenBy   int64     `bun:"written_by,notnull"`
		WrittenName string    `bun:"written_name,notnull"`
		WrittenAt   time.Time `bun:"written_at,notnull"`
		PublishedAt time.Time `bun:"published_at,nullzero"`
	}
	type done struct {
		bun.BaseModel `bun:"table:article_steps"`

		ID        int64     `bun:"id,pk,autoincrement"`
		ArticleID int64     `bun:"article_id,notnull"`
		N         int       `bun:"n,notnull"`
		Step      string    `bun:"step,notnull"`
		ByID      int64     `bun:"by_id,notnull"`
		ByName    string    `bun:"by_name,notnull"`
		At        time.Time `bun:"at,notnull"`
		Note      string    `bun:"note,type:text,notnull"`
	}
	type file struct {
		bun.BaseModel `bun:"table:article_files"`

		ID        int64     `bun:"id,pk,autoincrement"`
		ArticleID int64     `bun:"article_id,notnull"`
		Name      string    `bun:"name,notnull"`
		MediaType string    `bun:"media_type,notnull"`
		Size      int64     `bun:"size,notnull"`
		SHA256    string    `bun:"sha256,notnull"`
		AddedBy   string    `bun:"added_by,notnull"`
		AddedAt   time.Time `bun:"added_at,notnull"`
	}
	type path struct {
		bun.BaseModel `bun:"table:article_paths"`

		Path       string `bun:"path,pk"`
		Department string `bun:"department,notnull"` // who besides the editors may write there
	}
	type synonyms struct {
		bun.BaseModel `bun:"table:synonym_lists"`

		Version int64     `bun:"version,pk,autoincrement"`
		Words   string    `bun:"words,type:text,notnull"`
		SavedBy string    `bun:"saved_by,notnull"`
		SavedAt time.Time `bun:"saved_at,notnull"`
	}
	type opinion struct {
		bun.BaseModel `bun:"table:article_opinions"`

		ID        int64     `bun:"id,pk,autoincrement"`
		ArticleID int64     `bun:"article_id,notnull"`
		Kind      string    `bun:"kind,notnull"`
		Wins      float64   `bun:"wins,notnull"`
		Losses    float64   `bun:"losses,notnull"`
		Question  string    `bun:"question,type:text,notnull"` // without what points to a person; "" where none was asked
		Source    string    `bun:"source,notnull,unique"`      // the same source twice is one opinion
		ByName    string    `bun:"by_name,notnull"`
		At        time.Time `bun:"at,notnull"`
	}
	type search struct {
		bun.BaseModel `bun:"table:knowledge_searches"`

		Key     string    `bun:"search_key,pk"`
		Words   string    `bun:"words,notnull"`
		Times   int64     `bun:"times,notnull"`
		Nothing int64     `bun:"missed,notnull"`    // how often it found nothing
		Public  int64     `bun:"by_public,notnull"` // how often a citizen asked
		LastAt  time.Time `bun:"last_at,notnull"`
		Done    bool      `bun:"done,notnull"` // somebody has seen to it
	}
	type state struct {
		bun.BaseModel `bun:"table:knowledge_state"`

		ID       int64 `bun:"id,pk"`
		Changes  int64 `bun:"changes,notnull"`  // number of the last change to what the index holds
		Opinions bool  `bun:"opinions,notnull"` // what people say moves the ranking
	}
	return create("20261121_07", "knowledge",
		table{(*article)(nil), []string{
			`CREATE UNIQUE INDEX articles_title ON articles (title_key)`,
			`CREATE UNIQUE INDEX articles_external ON articles (source, external_no) WHERE external_no <> ''`,
			`CREATE INDEX articles_changed ON articles (changed)`,
			`CREATE INDEX articles_touched ON articles (touched_at, id)`}},
		table{(*version)(nil), []string{
			`CREATE INDEX article_versions_path ON article_versions (path, state)`,
			`CREATE INDEX article_versions_state ON article_versions (state)`,
			`CREATE INDEX article_versions_until ON article_versions (valid_until) WHERE state = 'published' AND valid_until IS NOT NULL`,
			`CREATE INDEX article_versions_review ON article_versions (review_at) WHERE state = 'published' AND review_at IS NOT NULL`}},
		table{(*done)(nil), []string{`CREATE INDEX article_steps_article ON article_steps (article_id, id)`}},
		table{(*file)(nil), []string{`CREATE INDEX article_files_article ON article_files (article_id)`}},
		table{(*path)(nil), nil},
		table{(*synonyms)(nil), nil},
		table{(*opinion)(nil), []string{
			`CREATE INDEX article_opinions_article ON article_opinions (article_id, at)`,
			`CREATE INDEX article_opinions_at ON article_opinions (at)`}},
		table{(*search)(nil), []string{`CREATE INDEX knowledge_searches_last ON knowledge_searches (last_at)`}},
		table{(*state)(nil), nil},
	)
}()
