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
 * "My 18 hours": whoever is logged in sees their own figures; no address names anybody else.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

require_once(__DIR__ . '/../../config.php');

use local_parcours\local\contestation;
use local_parcours\local\report_link;
use local_parcours\output\hours;

require_login(null, false);
if (isguestuser()) {
    throw new require_login_exception('guest');
}

$PAGE->set_context(context_user::instance($USER->id));
$PAGE->set_url(hours::address());
$PAGE->set_pagelayout('standard');
$PAGE->set_title(get_string('myhours', 'local_parcours'));
$PAGE->set_heading(get_string('myhours', 'local_parcours'));

if (data_submitted() && confirm_sesskey()) {
    $code = required_param('code', PARAM_RAW_TRIMMED);
    $activity = required_param('activity', PARAM_RAW_TRIMMED);
    contestation::add($USER->id, $code, $activity, required_param('reason', PARAM_ALPHAEXT));
    redirect(hours::address(), get_string('contestnoted', 'local_parcours'), null, \core\output\notification::NOTIFY_SUCCESS);
}

$hours = hours::mine();
$report = report_link::mine();
echo $OUTPUT->header();
if ($hours) {
    echo $OUTPUT->render_from_template('local_parcours/hours', $hours->export_for_template($OUTPUT));
} else {
    echo html_writer::tag('p', get_string('nofigures', 'local_parcours'));
}
if ($report) {
    echo html_writer::tag('p', html_writer::link($report, get_string('myreport', 'local_parcours')));
}
echo $OUTPUT->footer();
