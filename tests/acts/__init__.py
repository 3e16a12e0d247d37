"""Each page's main acts in a real browser, on a laptop by day and a phone by night, by keyboard where one would."""
