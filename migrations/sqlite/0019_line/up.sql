-- How the line to a mail server that is held failed: '' (it spoke), 'closed' (no greeting was had), 'cut' (in the middle of dialogues).
ALTER TABLE transport_holds ADD COLUMN line TEXT NOT NULL DEFAULT '';
