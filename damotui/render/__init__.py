"""From aggregations to coloured cells, as numbers and text only: nothing here knows of Textual."""
