DROP TABLE care_team_members;
