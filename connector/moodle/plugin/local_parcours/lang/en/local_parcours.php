<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * English strings.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['animation'] = 'Pedagogical activities';
$string['cachedef_running'] = 'Since when each session is being published';
$string['completiondisabled'] = 'Completion tracking and restricted access must both be enabled on this site (advanced features).';
$string['contest'] = 'Contest this line';
$string['contestactivite_faite'] = 'I did this activity';
$string['contestduree'] = 'the duration is not the one that was planned';
$string['contested'] = 'You contest this line: somebody will answer.';
$string['contestnon_faite'] = 'I did not do this activity';
$string['contestnoted'] = 'Your contestation is noted: somebody will look at it.';
$string['contestpas_moi'] = 'this activity is not mine';
$string['contestpresent'] = 'I was present';
$string['contestsend'] = 'Contest';
$string['contestwhy'] = 'Why do you contest this line?';
$string['decisioncredite'] = 'credited';
$string['decisionen_attente'] = 'waiting';
$string['decisionrefuse'] = 'refused';
$string['distance'] = 'At a distance';
$string['duration'] = '{$a->hours} h {$a->minutes}';
$string['foreigncourse'] = '{$a->path}: "{$a->value}" already belongs to a course that was not published from parcours.';
$string['invaliddocument'] = '{$a->path}: {$a->problem}';
$string['invalidgift'] = '{$a->path}: the GIFT text cannot be imported. {$a->value}';
$string['left'] = '{$a} left to do';
$string['lines'] = 'Line by line';
$string['manualenroldisabled'] = 'The manual enrolment method must be enabled on this site.';
$string['missing'] = 'Thresholds not reached yet:';
$string['missingfile'] = '{$a->path}: the content of "{$a->value}" was not uploaded.';
$string['modulechanged'] = '{$a->path}: the published activity is of another type ("{$a->value}").';
$string['moduledisabled'] = '{$a->path}: the activity type "{$a->value}" is switched off on this site.';
$string['myhours'] = 'My 18 hours';
$string['myreport'] = 'Report of my circonscription';
$string['nofigures'] = 'There are no hours of yours here.';
$string['nolines'] = 'No activity this year.';
$string['notyourline'] = 'This line is not yours, or the reason is not in the list.';
$string['parcours:figures'] = 'Bring people their own hours';
$string['parcours:observe'] = 'Read back published sessions';
$string['parcours:publish'] = 'Publish sessions';
$string['pluginname'] = 'Parcours';
$string['presence'] = 'In presence';
$string['privacy:metadata:contest'] = 'What you contest of your own hours, until it has been noted.';
$string['privacy:metadata:contest:activity'] = 'The activity.';
$string['privacy:metadata:contest:code'] = 'The session.';
$string['privacy:metadata:contest:reason'] = 'Your reason, from a closed list.';
$string['privacy:metadata:contest:timecreated'] = 'When you contested it.';
$string['privacy:metadata:figures'] = 'Your own training hours, for the page "My 18 hours".';
$string['privacy:metadata:figures:body'] = 'The hours due, done and left, and each line.';
$string['privacy:metadata:figures:timemodified'] = 'When they were brought.';
$string['privacy:metadata:session'] = 'What the plugin remembers of each published session.';
$string['privacy:metadata:session:prints'] = 'What the last publication wanted, as fingerprints: enrolments among them, from which no e-mail address can be read.';
$string['privacy:metadata:snapshot'] = 'Dated copies of each published session, kept so that hours of training can be justified.';
$string['privacy:metadata:snapshot:body'] = 'The session as published: its calendar, its activities, the e-mail addresses of its trainers and participants.';
$string['privacy:metadata:snapshot:timepublished'] = 'When it was published.';
$string['privacy:metadata:snapshot:usermodified'] = 'Who published it.';
$string['problemautomatic'] = 'automatic completion needs at least one rule';
$string['problemcircle'] = 'the activity waits for itself';
$string['problemcontrol'] = 'a control character is not allowed';
$string['problemcursor'] = 'must be where a page ended: "next" of an answer';
$string['problemduplicate'] = '"{$a}" appears twice';
$string['problemempty'] = 'must not be empty';
$string['problemfilename'] = 'must be a file name that Moodle keeps as it is';
$string['problemjson'] = 'is not JSON: {$a}';
$string['problemlong'] = 'is longer than {$a} characters';
$string['problemmany'] = 'holds more than {$a} values';
$string['problemmissing'] = 'the key "{$a}" is missing';
$string['problemoption'] = 'must not hold "{$a}"';
$string['problempass'] = 'passing needs a grade_pass above 0';
$string['problemprefix'] = 'must begin with "{$a}"';
$string['problemrange'] = 'must be between {$a->min} and {$a->max}';
$string['problemrule'] = 'the rule "{$a}" does not apply here';
$string['problemtype'] = 'must be: {$a}';
$string['problemunknownkey'] = 'the key "{$a}" is unknown';
$string['problemurl'] = 'is not an http or https address';
$string['problemvalue'] = 'must be one of: {$a}';
$string['profilefield'] = 'Profile field';
$string['profilefield_desc'] = 'Short name of the profile field that names the circonscription of an inspector: those in whose profile it is filled in get the link to their report.';
$string['publicationinprogress'] = 'Another publication of "{$a->value}" is in progress. Try again in a moment.';
$string['rolenotassignable'] = '{$a->path}: your account may not assign the role "{$a->value}" in this course.';
$string['schoolyear'] = 'School year {$a}';
$string['stale'] = '{$a->path}: "{$a->value}" was published or edited since it was last read.';
$string['stateatteint'] = 'reached';
$string['statedispense'] = 'nothing due';
$string['stateincomplet'] = 'in progress';
$string['tableau'] = 'Address of the pages of parcours';
$string['tableau_desc'] = 'Where "parcours tableau" is served. Whoever follows the link still has to sign in there. Empty: no link.';
$string['training'] = 'Continuing training';
$string['unknownactivity'] = '{$a->path}: no published activity "{$a->value}".';
$string['unknowngroup'] = '{$a->path}: no published group "{$a->value}".';
$string['unknownmodule'] = '{$a->path}: the activity type "{$a->value}" is not known.';
$string['unknownprerequisite'] = '{$a->path}: no published activity "{$a->value}".';
$string['unknownsection'] = '{$a->path}: no published section "{$a->value}".';
$string['unknownsession'] = '{$a->path}: "{$a->value}" was never published: the document must describe the course.';
$string['updated'] = 'Last change: {$a}.';
