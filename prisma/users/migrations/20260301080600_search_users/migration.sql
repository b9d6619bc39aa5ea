-- In public, where all schemas of a database share it; left there by down.sql for the same reason.
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

-- Text as words of lower-case letters and digits with one blank between: "O'Brien-Müller" is "o brien muller".
-- unaccent() is STABLE because its rules could change; ours is IMMUTABLE because an index needs that. Whoever
-- changes the rules file of the server has to rewrite the rows. The ICU collation makes letters out of all
-- scripts, whatever the database's own locale is.
CREATE FUNCTION search_text(input text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(
        lower(public.unaccent('public.unaccent', normalize(input, NFKC)) COLLATE "und-x-icu"),
        '[\u0300-\u036f]', '', 'g'
    ),
    '[^[:alnum:]]+', ' ', 'g'
);

-- The words and their positions. Not to_tsvector(), whose parser takes "5e3x" for a number and a word, and
-- letters beyond ASCII for what the database's locale says. 500 characters keep within a lexeme's 2,046 bytes.
CREATE FUNCTION search_lexemes(input text)
RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg(quote_literal(left(word, 500)) || ':' || least(place, 16383), ' '), '')::tsvector
    FROM string_to_table(search_text(input), ' ') WITH ORDINALITY AS words (word, place)
    WHERE word <> ''
);

-- What finds the rows that have all words of the input, each as a whole or as a beginning; NULL when the input
-- has no word. Takes any text: what could be an operator is no letter, and what follows the thousandth
-- character does not count, so that no input exceeds the size of a tsquery. The cost keeps the planner from
-- computing it once for each row where the input is a parameter.
CREATE FUNCTION search_query(input text, prefix boolean)
RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
RETURN (
    SELECT string_agg(quote_literal(left(word, 500)) || CASE WHEN prefix THEN ':*' ELSE '' END, ' & ')::tsquery
    FROM string_to_table(search_text(left(input, 1000)), ' ') AS words (word)
    WHERE word <> ''
);

-- Names weigh more than the e-mail address when matches are ranked.
ALTER TABLE users ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (
    setweight(search_lexemes(first_name || ' ' || last_name), 'A') || setweight(search_lexemes(email), 'B')
) STORED;

CREATE INDEX idx_users_search_vector ON users USING gin (search_vector);
